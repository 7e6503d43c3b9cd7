const KEY = 'cairn.token'

/** The token entered at sign-in, kept for this tab only. Null on servers that do not require one. */
export const bearer = (): string | null => sessionStorage.getItem(KEY)

export function signIn(token: string) {
  sessionStorage.setItem(KEY, token.trim())
}

export function signOut() {
  sessionStorage.removeItem(KEY)
}
