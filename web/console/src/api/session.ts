const KEY = 'cairn.token'

/** The token pasted at sign-in; alone on a laptop there is none. Kept for this tab only. */
export const bearer = (): string | null => sessionStorage.getItem(KEY)

export function signIn(token: string) {
  sessionStorage.setItem(KEY, token.trim())
}

export function signOut() {
  sessionStorage.removeItem(KEY)
}
