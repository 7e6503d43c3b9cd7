import { fileNameOf, saveFile } from './save-file.js'
import { type Table, tableToCsv } from './table.js'

export type FileKind = 'png' | 'svg' | 'csv'

/** A chart as files. */
export interface DrawingFiles {
  /** Undefined if nothing is drawn. */
  readonly svg: (() => Promise<string | undefined>) | undefined
  readonly table: () => Table
}

/** Pixels of a PNG per unit of the drawing. */
const SCALE = 2

/** Saves a table as CSV that is named like it. */
export function saveTable(table: Table, title: string): void {
  // A byte order mark, so that spreadsheets read Korean.
  saveFile(fileNameOf(title, 'table', 'csv'), `\ufeff${tableToCsv(table)}`, 'text/csv')
}

/** Saves a chart as a file that is named like it. @throws Error if the browser cannot draw it */
export async function saveDrawing(
  { svg, table }: DrawingFiles,
  title: string,
  kind: FileKind,
): Promise<void> {
  if (kind === 'csv') return saveTable(table(), title)
  const name = fileNameOf(title, 'chart', kind)
  const text = await svg?.()
  if (text === undefined) return
  if (kind === 'svg') return saveFile(name, text, 'image/svg+xml')
  saveFile(name, await rasterized(text), 'image/png')
}

async function rasterized(svg: string): Promise<Blob> {
  const url = URL.createObjectURL(new Blob([svg], { type: 'image/svg+xml' }))
  try {
    const image = new Image()
    image.src = url
    await image.decode()
    const canvas = document.createElement('canvas')
    canvas.width = image.naturalWidth * SCALE
    canvas.height = image.naturalHeight * SCALE
    canvas.getContext('2d')!.drawImage(image, 0, 0, canvas.width, canvas.height)
    return await new Promise((resolve, reject) =>
      canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error('no image')))),
    )
  } finally {
    URL.revokeObjectURL(url)
  }
}
