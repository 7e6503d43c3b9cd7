import { fileNameOf, saveFile } from '../ui/save-file.js'
import type { CardFiles } from './card-body.js'
import { tableToCsv } from './table.js'

export type FileKind = 'png' | 'svg' | 'csv'

/** Pixels of a PNG per unit of the drawing. */
const SCALE = 2

/** Saves a card as a file that is named like it. @throws Error if the browser cannot draw it */
export async function saveCard({ svg, table }: CardFiles, title: string, kind: FileKind): Promise<void> {
  const name = fileNameOf(title, 'chart', kind)
  // A byte order mark, so that spreadsheets read Korean.
  if (kind === 'csv') return saveFile(name, `\ufeff${tableToCsv(table())}`, 'text/csv')
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
