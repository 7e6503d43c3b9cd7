import { useEffect, useState } from 'preact/hooks'
import { type Choices, formatChoices, parseChoices } from './address.js'

/** The choices in the URL. Each change adds a history entry, so that Back undoes it. */
export function useChoices(): [Choices, (change: Partial<Choices>) => void] {
  const [choices, setChoices] = useState(() => parseChoices(location.search))
  useEffect(() => {
    const read = () => setChoices(parseChoices(location.search))
    addEventListener('popstate', read)
    return () => removeEventListener('popstate', read)
  }, [])
  const change = (part: Partial<Choices>) => {
    const next = { ...parseChoices(location.search), ...part }
    const search = formatChoices(next)
    if (search !== location.search) history.pushState(null, '', location.pathname + search)
    setChoices(next)
  }
  return [choices, change]
}
