/** A response that is already JSON text, in chunks, e.g. rows that the database serialized. Sent without parsing it. */
export class JsonChunks {
  readonly chunks: Iterable<string>

  constructor(chunks: Iterable<string>) {
    this.chunks = chunks
  }
}
