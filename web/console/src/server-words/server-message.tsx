import { useTranslation } from 'react-i18next'
import { RequestError } from '../api/http.js'
import { koreanError } from './korean-error.js'
import { koreanState } from './korean-sentences.js'
import './server-words.css'

/** The message of an error, on Korean pages in Korean with the server's own words as detail. */
export function ErrorMessage({ error }: { error: unknown }) {
  const { i18n } = useTranslation()
  const message = error instanceof Error ? error.message : String(error)
  if (i18n.language !== 'ko' || !(error instanceof RequestError)) return message
  return (
    <>
      {koreanError(error)}
      <span className="server-words" lang="en">
        {message}
      </span>
    </>
  )
}

/** A message about the state of an object: why a run failed, or what a deployment does. */
export function StateMessage({ message }: { message: string }) {
  const { i18n } = useTranslation()
  const korean = i18n.language === 'ko' ? koreanState(message) : undefined
  if (korean !== undefined) return <span title={message}>{korean}</span>
  return i18n.language === 'ko' ? <span lang="en">{message}</span> : message
}

/** Returns a function that gives the message of an error as text. */
export function useErrorText() {
  const { i18n } = useTranslation()
  return (error: Error) =>
    i18n.language === 'ko' && error instanceof RequestError ? koreanError(error) : error.message
}
