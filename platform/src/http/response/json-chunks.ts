/** A response that is already JSON text, in chunks, such as rows that the database serialized. It is sent without parsing. */
export class JsonChunks {
  readonly chunks: Iterable<string>

  constructor(chunks: Iterable<string>) {
    this.chunks = chunks
  }
}
