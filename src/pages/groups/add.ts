import { z } from 'zod'
import { idParams } from '../../lib/fields.ts'
import type { App } from '../../web/validation.ts'
import { pressButton, showPicker } from './picker.ts'
import { pickerForm } from './picker-form.ts'

const query = z.record(z.string(), z.unknown())
const look = { schema: { params: idParams, querystring: query } } as const
const press = { schema: { params: idParams, body: pickerForm } } as const

/** Add Existing Customers. */
export async function addRoutes(app: App) {
  app.get('/groups/:id/add', look, async (request, reply) => showPicker(request, reply, 'add', request.query))
  app.post('/groups/:id/add', press, async (request, reply) => pressButton(request, reply, 'add', request.body))
}
