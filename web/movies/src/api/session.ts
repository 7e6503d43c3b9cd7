/** The key of the console, so that a tab is signed in to both. */
const KEY = 'cairn.token'

/** The token that was entered at sign-in, kept for this tab only. Null on servers that do not require one. */
export const bearer = (): string | null => sessionStorage.getItem(KEY)

export function signIn(token: string): void {
  sessionStorage.setItem(KEY, token.trim())
}
