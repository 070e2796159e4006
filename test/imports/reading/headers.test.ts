import t from 'tap'
import { FIELD_NAMES } from '../../../src/customers/fields.ts'
import { guessMapping, LABELS, whyNotMapping } from '../../../src/imports/reading/headers.ts'
import { HEADERS } from './helper.ts'

t.test('the template’s own headers, in any order, case and spelling', async (t) => {
  t.same(
    FIELD_NAMES.map((field) => LABELS[field]),
    HEADERS
  )
  t.same(guessMapping(HEADERS), { mapping: [...FIELD_NAMES], isSure: true })
  t.same(guessMapping(['E-MAIL', 'first_name', 'LastName*', 'Phone (mandatory)', '']), {
    mapping: ['email', 'firstName', 'lastName', 'phone', null],
    isSure: true
  })
})

t.test('other words for them, in seven languages', async (t) => {
  const files = {
    firstName: ['Given name', 'Forename', 'Vorname', 'Prénom', 'PRENOM', 'Nombre de pila', 'Nome próprio', 'Voornaam'],
    lastName: [
      'Surname',
      'Family Name',
      'Nachname',
      'Nom de famille',
      'Apellidos',
      'Sobrenome',
      'Cognome',
      'Achternaam'
    ],
    phone: [
      'Mobile',
      'Tel',
      'Tel.',
      'Telephone',
      'Phone number',
      'Cell',
      'WhatsApp',
      'Handynummer',
      'Téléphone',
      'Teléfono',
      'Telemóvel',
      'Cellulare',
      'GSM'
    ],
    email: ['E-mail', 'Mail', 'Email address', 'E-Mail-Adresse', 'Courriel', 'Correo electrónico', 'E-mailadres'],
    birthDate: [
      'DOB',
      'Date of birth',
      'Birthday',
      'Geburtsdatum',
      'Date de naissance',
      'Fecha de nacimiento',
      'Data di nascita',
      'Geboortedatum'
    ],
    gender: ['Sex', 'Geschlecht', 'Sexe', 'Sexo', 'Sesso', 'Geslacht'],
    location: ['City', 'Town', 'Ort', 'Ville', 'Ciudad', 'Cidade', 'Città', 'Woonplaats']
  }
  for (const [field, words] of Object.entries(files))
    for (const word of words) t.same(guessMapping([word]).mapping, [field], word)
})

t.test('our own files come back as they are', async (t) => {
  const extras = [
    'Row',
    'Errors',
    'Primary Group',
    'Lists',
    'Total Orders',
    'Total Spent',
    'Last Order',
    'Customer Since'
  ]
  t.ok(guessMapping([...HEADERS, ...extras]).isSure)
})

t.test('whoever can’t be sure guesses and asks', async (t) => {
  const unsure = (headers: string[]) => {
    const { mapping, isSure } = guessMapping(headers)
    t.notOk(isSure)
    return mapping
  }
  t.same(unsure(['Name', 'Surname', 'Mobile']), ['firstName', 'lastName', 'phone'])
  t.same(unsure(['Name', 'Client', 'Mobile']), ['firstLast', null, 'phone'])
  t.same(unsure(['Customer', 'First Name', 'Mobile']), [null, 'firstName', 'phone'])
  t.same(unsure(['First Name', 'Phone', 'Mobile']), ['firstName', 'phone', null])
  t.same(unsure(['First Name', 'Phone', 'Loyalty number']), ['firstName', 'phone', null])
  t.same(unsure(['First Name', 'City']), ['firstName', 'location'])
  t.same(unsure(['Ann', 'Lee', '+65 9123 4567']), [null, null, null])
  t.same(unsure(['constructor', '__proto__', '😀']), [null, null, null])
})

t.test('a whole name in one column is known by its header, and so is its order', async (t) => {
  const headers = {
    firstLast: ['Name', 'Full name', 'Customer', 'Client name', 'First & Last Name', 'Nombre y apellidos', 'Kunde'],
    lastFirst: ['Name (Last, First)', 'Surname, Given Name', 'Apellidos y nombre', 'Nachname, Vorname', 'Nom et prénom']
  }
  for (const [held, words] of Object.entries(headers))
    for (const word of words) t.same(guessMapping([word, 'Mobile']), { mapping: [held, 'phone'], isSure: true }, word)
})

t.test(
  'a column of groups is read where a file says into which, and left out elsewhere without a question',
  async (t) => {
    const headers = ['Name', 'Email', 'GROUPS']
    t.same(guessMapping(headers, 'read'), { mapping: ['firstLast', 'email', 'groups'], isSure: true })
    t.same(guessMapping(headers), { mapping: ['firstLast', 'email', null], isSure: true })
    t.notOk(guessMapping([...headers, 'Group'], 'read').isSure, 'two of them')
  }
)

t.test('a mapping needs a first name and a phone or e-mail, each once', async (t) => {
  t.equal(whyNotMapping(['firstName', null, 'email']), null)
  t.equal(
    whyNotMapping(['firstName', 'phone', 'phone']),
    'You chose “Phone” for more than one column. Choose it only once.'
  )
  t.equal(whyNotMapping(['lastName', 'phone']), 'Choose the column with the first name or the full name.')
  t.equal(whyNotMapping(['lastFirst', 'email']), null)
  t.match(whyNotMapping(['firstLast', 'lastFirst', 'email']), /You chose the full name for more than one column/)
  t.match(whyNotMapping(['firstLast', 'lastName', 'email']), /one column for the full name, or separate columns/)
  t.match(whyNotMapping(['firstName']), /the phone, the e-mail or both/)
})
