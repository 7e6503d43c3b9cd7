const WORD = /[\p{L}\p{M}\p{N}]+/gu

/** Returns the different words of letters and digits in lower case: `Bold-elk_12` → `bold`, `elk`, `12`. */
export const wordsOf = (text: string): string[] => [...new Set(text.toLowerCase().match(WORD))]
