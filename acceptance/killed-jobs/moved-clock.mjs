import { readFileSync } from 'node:fs'

// Loaded by `node --import`: moves the clock of the process by the milliseconds in a file, which may change at any time.
const file = process.env.MOVED_CLOCK_FILE
const RealDate = Date
let ahead = 0
const read = () => {
  try {
    ahead = Number(readFileSync(file, 'utf8'))
  } catch {
    // the folder was removed
  }
}
read()
setInterval(read, 50).unref()
globalThis.Date = class extends RealDate {
  constructor(...values) {
    if (values.length > 0) super(...values)
    else super(RealDate.now() + ahead)
  }

  static now() {
    return RealDate.now() + ahead
  }
}
