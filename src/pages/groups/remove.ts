import { z } from 'zod'
import { idParams } from '../../lib/fields.ts'
import type { App } from '../../web/validation.ts'
import { pressButton, showPicker } from './picker.ts'
import { pickerForm } from './picker-form.ts'

const query = z.record(z.string(), z.unknown())
const config = { role: 'manager' as const }
const look = { config, schema: { params: idParams, querystring: query } } as const
const press = { config, schema: { params: idParams, body: pickerForm } } as const

/** Bulk Remove. */
export async function removeRoutes(app: App) {
  app.get('/groups/:id/remove', look, async (request, reply) => showPicker(request, reply, 'remove', request.query))
  app.post('/groups/:id/remove', press, async (request, reply) => pressButton(request, reply, 'remove', request.body))
}
