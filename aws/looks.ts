// How preflight looks: for a bounded time, and at every page.

// A look that hangs must end while the function still has time to say so.
export const config = { maxAttempts: 3, requestHandler: { connectionTimeout: 2000, requestTimeout: 8000 } }

export async function all<Page>(pages: AsyncIterable<Page>): Promise<Page[]> {
  const found: Page[] = []
  for await (const page of pages) found.push(page)
  return found
}
