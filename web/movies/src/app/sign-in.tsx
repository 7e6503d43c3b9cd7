import { useEffect, useRef, useState } from 'preact/hooks'
import { bearer, signIn } from '../api/session.js'
import { useMessages } from '../i18n/use-messages.js'

interface Props {
  readonly isLoading: boolean
  readonly onSignIn: () => void
}

/** Takes a token, if the server requires one. A token that the server has just refused is reported. */
export function SignIn({ isLoading, onSignIn }: Props) {
  const messages = useMessages().signIn
  const [token, setToken] = useState('')
  const field = useRef<HTMLInputElement>(null)
  const isRefused = useRefusal(isLoading)
  useEffect(() => field.current?.focus(), [])
  const submit = (event: Event) => {
    event.preventDefault()
    signIn(token)
    setToken('')
    onSignIn()
  }
  return (
    <form class="sign-in" aria-labelledby="sign-in-title" onSubmit={submit}>
      <h2 id="sign-in-title">{messages.title}</h2>
      <p class="muted">{messages.help}</p>
      <label for="token">{messages.token}</label>
      <input
        ref={field}
        id="token"
        class="sign-in-field"
        type="password"
        autocomplete="off"
        required
        value={token}
        aria-invalid={isRefused}
        aria-describedby={isRefused ? 'token-refused' : undefined}
        onInput={(event) => setToken(event.currentTarget.value)}
      />
      {isRefused && (
        <p id="token-refused" class="sign-in-refused" role="alert">
          {messages.refused}
        </p>
      )}
      <button type="submit" class="button primary" disabled={isLoading}>
        {messages.submit}
      </button>
    </form>
  )
}

/** Returns whether the server refused the token: that of an earlier sign-in, or the one that was sent last. */
function useRefusal(isLoading: boolean): boolean {
  const [isRefused, setRefused] = useState(bearer() !== null)
  const wasLoading = useRef(isLoading)
  useEffect(() => {
    if (isLoading) setRefused(false)
    else if (wasLoading.current) setRefused(true)
    wasLoading.current = isLoading
  }, [isLoading])
  return isRefused
}
