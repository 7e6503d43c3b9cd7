// A worker thread's first module in a source tree; the module to run is the first argument.
import './register.mjs'

const [module] = process.argv.splice(2, 1)
await import(module)
