import type { App } from '../web/validation.ts'

declare module '../web/view.ts' {
  interface Views {
    keys: { title: string }
  }
}

/** The keyboard shortcuts. "?" shows them in a dialog over any page. */
export async function keyRoutes(app: App) {
  app.get('/keys', async (_request, reply) => reply.page('keys', { title: 'Keyboard Shortcuts' }, 'shared/_keys'))
}
