import { loadConfig } from '@cairn/platform/config'
import { lockDataFolder } from '../server/data-lock.js'

// Locks the data folder that is its argument until the process is killed.
await lockDataFolder(loadConfig({}, { data: process.argv[2]! }))
process.send!('locked')
setInterval(() => undefined, 1_000)
