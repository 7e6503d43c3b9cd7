/** `exists`: the user decides whether to replace the file. */
export type UploadState = 'exists' | 'waiting' | 'sending' | 'sent' | 'canceled' | 'failed'

export interface Upload {
  readonly id: number
  readonly file: File
  /** The path of the file in the volume. */
  readonly path: string
  readonly state: UploadState
  /** Sent bytes. */
  readonly bytes: number
  readonly problem?: unknown
}

/** Creates the uploads of selected files. Those whose name exists or is selected twice wait for the user's decision. */
export function newUploads(
  files: readonly File[],
  folder: string,
  taken: ReadonlySet<string>,
  firstId: number,
): Upload[] {
  const names = new Set(taken)
  return files.map((file, index) => {
    const exists = names.has(file.name)
    names.add(file.name)
    const path = `${folder}/${file.name}`
    return { id: firstId + index, file, path, state: exists ? 'exists' : 'waiting', bytes: 0 }
  })
}

export const changed = (uploads: readonly Upload[], id: number, change: Partial<Upload>): Upload[] =>
  uploads.map((upload) => (upload.id === id ? { ...upload, ...change } : upload))

/** Returns whether closing the page would lose an upload. */
export const isUnfinished = ({ state }: Upload) => state === 'waiting' || state === 'sending'

/** Returns whether the upload needs neither the page nor the user. */
export const isFinished = (upload: Upload) => !isUnfinished(upload) && upload.state !== 'exists'

/** The share of sent bytes, from 0 to 1. */
export const shareOf = ({ bytes, file, state }: Upload) =>
  state === 'sent' ? 1 : file.size === 0 ? 0 : Math.min(1, bytes / file.size)
