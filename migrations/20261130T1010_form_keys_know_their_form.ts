import { Migration } from '@mikro-orm/migrations'

/** A form's key answers that form alone, and the person who sent it. Empty are keys from before, and of a process that does not know of this. */
export class FormKeysKnowTheirForm extends Migration {
  override up(): void {
    this.addSql(`
      alter table form_key add column form text, add column staff_member_id integer references staff_member (id)
    `)
  }
}
