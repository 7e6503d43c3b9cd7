import { render } from 'preact'
import './app/tokens.css'
import './app/base.css'
import './app/controls.css'
import './app/app.css'
import './app/sign-in.css'
import './posters/posters.css'
import './search/search.css'
import './picks/picks.css'
import './popular/popular.css'
import './results/results.css'
import { App } from './app/app.js'
import { startTheme } from './app/theme.js'
import { startLanguage } from './i18n/use-messages.js'

startTheme()
startLanguage()
render(<App />, document.getElementById('root')!)
