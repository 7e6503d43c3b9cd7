/**
 * The text of a CSV file in UTF-8, in UTF-16 with a byte order mark, or in EUC-KR, as Excel saves on Korean Windows.
 * Undefined in other encodings. Leaves out empty lines at the start, which DuckDB would take for the header.
 */
export function csvText(bytes: Uint8Array): string | undefined {
  const text =
    bytes[0] === 0xff && bytes[1] === 0xfe
      ? decoded(bytes, 'utf-16le')
      : bytes[0] === 0xfe && bytes[1] === 0xff
        ? decoded(bytes, 'utf-16be')
        : (decoded(bytes, 'utf-8') ?? decoded(bytes, 'euc-kr'))
  return text?.replace(/^[\r\n]+/, '')
}

/** Without a byte order mark. Undefined if the bytes are not in the encoding. */
function decoded(bytes: Uint8Array, encoding: string): string | undefined {
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(bytes)
  } catch {
    return undefined
  }
}
