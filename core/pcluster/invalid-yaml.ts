// A document that cannot be read at all. Thrown by the readers of scalars and nodes, caught where the text is read.
export class InvalidYaml extends Error {
  readonly offset: number | undefined

  constructor(message: string, offset?: number) {
    super(message)
    this.offset = offset
  }
}
