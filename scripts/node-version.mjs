// Old releases of Node must be able to parse this file: ES2018 only, no imports.
const FLOOR = [20, 19]

export function refuseOldNode() {
  const version = process.versions.node.split('.').map(Number)
  if (version[0] > FLOOR[0] || (version[0] === FLOOR[0] && version[1] >= FLOOR[1])) return
  console.error(
    'Cairn needs Node ' +
      FLOOR.join('.') +
      ' or newer and this is ' +
      process.versions.node +
      ': install it from your package manager or with `nvm install 22`, then run the command again.',
  )
  process.exit(1)
}
