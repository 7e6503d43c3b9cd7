import { useEffect, useState } from 'preact/hooks'
import { type Choices, formatChoices, parseChoices } from './address.js'

/** The choices that the address holds. Each change is a step that Back undoes. */
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
