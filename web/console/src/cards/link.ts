import { parseState, stringifyState } from '../app/url-state.js'

/** Name of the part of the URL that keeps the state of the cards. */
const STATE_PARAMETER = 'cards'

/** A link to this page with another state of its cards. Routes are in the fragment. */
export function linkTo(href: string, state: string): string {
  const [page = '', route = ''] = href.split('#')
  const [path = '', search = ''] = route.split('?')
  return `${page}#${path}${stringifyState({ ...parseState(search), [STATE_PARAMETER]: state })}`
}
