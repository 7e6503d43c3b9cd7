export const MAX_CONTENT = 100_000
export const MAX_TITLE = 200
