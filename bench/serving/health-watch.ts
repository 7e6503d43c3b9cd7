import { setTimeout as sleep } from 'node:timers/promises'

// Polls `/health` of the server in the first argument until standard input ends. Prints the longest response time and the
// longest delay of a timer in this process, in milliseconds.
const EVERY_MS = 25
const url = `${process.argv[2]}/health`
let isOver = false
let health = 0
let timer = 0

process.stdin.resume().once('end', () => {
  isOver = true
})
await (await fetch(url)).text()
while (!isOver) {
  const begun = performance.now()
  await (await fetch(url)).text()
  const answered = performance.now()
  health = Math.max(health, answered - begun)
  await sleep(EVERY_MS)
  timer = Math.max(timer, performance.now() - answered - EVERY_MS)
}
console.log(JSON.stringify({ health, timer }))
