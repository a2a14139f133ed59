// The floor of floors: a function that does nothing but log a line.
export const handler = async () => {
  console.log('{"level":"INFO","message":"floor"}')
  return { statusCode: 200, headers: { 'content-type': 'application/json' }, body: '{}' }
}
