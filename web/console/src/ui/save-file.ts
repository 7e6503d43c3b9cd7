/** Downloads content that the page made. */
export function saveFile(name: string, content: string | Blob, type: string) {
  const url = URL.createObjectURL(new Blob([content], { type }))
  const link = document.createElement('a')
  link.href = url
  link.download = name
  link.click()
  setTimeout(() => URL.revokeObjectURL(url), 1000)
}

const MAX_LENGTH = 80

/** A file name for a title: other characters than letters, digits and `@._-` become `_`. */
export const fileNameOf = (title: string, fallback: string, extension: string) =>
  `${title.replaceAll(/[^\p{L}\p{N}@._-]+/gu, '_').slice(0, MAX_LENGTH) || fallback}.${extension}`
