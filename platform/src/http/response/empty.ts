/** Resolves to the response `{}` when the work is done. */
export async function emptyResponse(work: Promise<unknown>): Promise<Record<string, never>> {
  await work
  return {}
}
