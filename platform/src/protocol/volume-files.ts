/** Databricks' Files API: an absolute path such as `/Volumes/main/raw/uploads/ratings.csv` follows. */
export const FILES = '/api/2.0/fs/files'
export const DIRECTORIES = '/api/2.0/fs/directories'

export interface DirectoryEntry {
  readonly path: string
  readonly name: string
  readonly is_directory: boolean
  /** Bytes; absent for directories. */
  readonly file_size?: number
  /** Milliseconds since the epoch; absent for directories. */
  readonly last_modified?: number
}

export interface DirectoryContents {
  readonly contents: readonly DirectoryEntry[]
  readonly next_page_token?: string
}
