import type { FastifyInstance } from 'fastify'

/** Requests as a browser on another machine sends them: with its cookies, and with `Sec-Fetch-Site`. */
export class Browser {
  readonly #app: FastifyInstance
  /** `name=value; …` */
  cookie = ''

  constructor(app: FastifyInstance) {
    this.#app = app
  }

  get(path: string) {
    return this.#send('GET', path)
  }

  post(path: string, payload: object, site = 'same-origin') {
    return this.#send('POST', path, site, payload)
  }

  delete(path: string) {
    return this.#send('DELETE', path)
  }

  async #send(method: 'GET' | 'POST' | 'DELETE', path: string, site = 'same-origin', payload?: object) {
    const headers = { 'sec-fetch-site': site, ...(this.cookie && { cookie: this.cookie }) }
    const url = path.startsWith('/') ? path : `/api/cairn/v1/${path}`
    const answer = await this.#app.inject({
      ...{ method, url, headers, remoteAddress: '192.0.2.1' },
      ...(payload && { payload }),
    })
    for (const line of [answer.headers['set-cookie'] ?? []].flat()) this.#store(line)
    return answer
  }

  #store(line: string) {
    const [pair = ''] = line.split(';')
    const [name, value] = pair.split('=')
    const others = this.cookie.split('; ').filter((one) => one && !one.startsWith(`${name}=`))
    this.cookie = [...others, ...(value ? [pair] : [])].join('; ')
  }
}
