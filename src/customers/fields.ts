import { line, optionalLine, requiredLine } from '../lib/fields.ts'
import { birthDate, emailText, gender, phoneText } from './checks.ts'
import { type Field, lineOf } from './field.ts'
import { GENDER_NAMES } from './gender.ts'

/**
 * The fields of a customer, in the order in which forms, pages and files have them. Forms, what is saved, what is said of a change,
 * the sample file, imports, their undo and exports are made from this list.
 */
export const FIELDS = {
  firstName: {
    column: 'first_name',
    type: 'text',
    none: '',
    label: 'First name',
    header: 'First Name',
    width: 18,
    ...lineOf(80, { required: true }),
    check: (longest) => requiredLine('The first name', longest, 'Enter a first name.'),
    template: { hint: 'Mandatory', sample: 'Jane' },
    synonyms: `First Name, First, Given Name, Given Names, Forename, Forenames, Christian Name, Customer First Name, FName,
      Vorname, Rufname, Prénom, Prénoms, Nombre de pila, Primer nombre, Nombres, Primeiro nome, Nome próprio, Nome
      di battesimo, Voornaam, Roepnaam`
  },
  lastName: {
    column: 'last_name',
    type: 'text',
    none: '',
    label: 'Last name',
    header: 'Last Name',
    width: 18,
    ...lineOf(80, { optional: true }),
    check: (longest) => line('The last name', longest),
    template: { hint: 'Optional', sample: 'Sample' },
    synonyms: `Last Name, Last, Surname, Surnames, Family Name, Second Name, Customer Last Name, LName, Nachname,
      Familienname, Zuname, Nom de famille, Apellido, Apellidos, Primer apellido, Sobrenome, Apelido, Apelidos,
      Último nome, Cognome, Achternaam, Familienaam`
  },
  phone: {
    column: 'phone',
    type: 'text',
    none: null,
    label: 'Phone',
    header: 'Phone',
    width: 16,
    ...lineOf(40, { type: 'tel', hint: 'A phone or an e-mail is required.', attrs: { inputmode: 'tel' } }),
    check: (longest, country) => phoneText(longest, country),
    written: (kept, format) => format.phone(kept),
    template: { hint: 'Mandatory, unless there is an email', sample: '' },
    synonyms: `Phone, Phones, Phone Number, Phone No, Phone No., Phone #, Mobile, Mobile Number, Mobile No, Mobile Phone,
      Mobile Phone Number, Tel, Tel No, Telephone, Telephone Number, Telephone No, Cell, Cell Phone, Cellphone, Cell
      Number, Cellular, Contact Number, Contact No, WhatsApp, WhatsApp Number, Customer Phone, Primary Phone, Home
      Phone, Telefon, Telefonnummer, Telefonnr, Tel.-Nr., Rufnummer, Handy, Handynummer, Mobil, Mobilnummer,
      Mobiltelefon, Téléphone, Numéro de téléphone, N° de téléphone, Tél, Portable, Téléphone portable, Téléphone
      mobile, Teléfono, Número de teléfono, Móvil, Teléfono móvil, Celular, Número de celular, Telefone, Número de
      telefone, Telemóvel, Telefono, Numero di telefono, Cellulare, Numero di cellulare, Telefoon, Telefoonnummer,
      Telefoonnr, Mobiel, Mobiel nummer, Mobiele telefoon, GSM`
  },
  email: {
    column: 'email',
    type: 'text',
    none: null,
    label: 'E-mail',
    header: 'Email',
    width: 28,
    ...lineOf(254, { type: 'email', hint: 'Either one is enough.', attrs: { inputmode: 'email' } }),
    check: (longest) => emailText(longest),
    template: { hint: 'Mandatory, unless there is a phone', sample: 'jane.sample@example.com' },
    synonyms: `Email, E-mail, Mail, Email Address, E-mail Address, Mail Address, Email ID, E-mail ID, Customer Email, Primary
      Email, Mailadresse, E-Mail-Adresse, Courriel, Adresse e-mail, Adresse mail, Adresse électronique, Mél, Correo,
      Correo electrónico, Dirección de correo, Dirección de correo electrónico, Correio eletrónico, Correio
      eletrônico, Endereço de email, Posta elettronica, Indirizzo e-mail, Indirizzo mail, E-mailadres, Mailadres`
  },
  birthDate: {
    column: 'birth_date',
    type: 'date',
    none: null,
    label: 'Birth date',
    header: 'Birth Date',
    width: 12,
    longest: 20,
    control: { type: 'date', optional: true },
    check: (longest, _country, today) => birthDate(longest, today),
    written: (kept, format) => format.date(kept),
    template: { hint: 'Optional: year-month-day', sample: '1984-02-29' },
    synonyms: `Birth Date, Birthdate, Birthday, Date of Birth, DOB, D.O.B., Birth Day, Born, Born On, Geburtsdatum,
      Geburtstag, Geb.-Datum, Geb, Date de naissance, Naissance, Né le, Né(e) le, Anniversaire, Fecha de nacimiento,
      Nacimiento, F. nacimiento, Cumpleaños, Data de nascimento, Nascimento, Aniversário, Data di nascita, Nascita,
      Compleanno, Geboortedatum, Verjaardag, Geboren`
  },
  gender: {
    column: 'gender',
    type: 'text',
    none: null,
    label: 'Gender',
    header: 'Gender',
    width: 10,
    longest: 6,
    control: { type: 'select' },
    choices: GENDER_NAMES,
    check: () => gender,
    template: { hint: 'Optional: Female, Male or Other', sample: 'Female' },
    synonyms: `Gender, Sex, M/F, Geschlecht, Sexe, Genre, Civilité, Sexo, Género, Gênero, Sesso, Genere, Geslacht`
  },
  location: {
    column: 'location',
    type: 'text',
    none: null,
    label: 'Location',
    header: 'Location',
    width: 18,
    ...lineOf(80, { optional: true, hint: 'City or town.' }),
    check: (longest) => optionalLine('The location', longest),
    template: { hint: 'Optional: a city', sample: 'Springfield' },
    synonyms: `Location, City, Town, Town/City, City/Town, Place, Ort, Stadt, Wohnort, Ville, Localité, Commune, Lieu,
      Ciudad, Localidad, Población, Municipio, Cidade, Localidade, Município, Città, Località, Comune, Stad, Plaats,
      Woonplaats, Gemeente`
  },
  company: {
    column: 'company',
    type: 'text',
    none: null,
    label: 'Company',
    header: 'Company',
    width: 24,
    ...lineOf(80, { optional: true }),
    check: (longest) => optionalLine('The company', longest),
    template: { hint: 'Optional', sample: 'Sample Supplies' },
    synonyms: `Company, Company Name, Organisation, Organization, Organisation Name, Organization Name, Business, Business Name,
      Employer, Firma, Firmenname, Unternehmen, Société, Nom de la société, Entreprise, Raison sociale, Empresa,
      Nombre de la empresa, Razón social, Compañía, Nome da empresa, Razão social, Azienda, Ragione sociale, Società, Ditta,
      Bedrijf, Bedrijfsnaam, Organisatie`
  }
} as const satisfies Record<string, Field>

export type FieldName = keyof typeof FIELDS

export type NamedField = Field & { name: FieldName }

/** The same list, to go through it. */
export const FIELD_LIST: readonly NamedField[] = namesOf(FIELDS).map((name) => ({
  name,
  ...FIELDS[name]
}))

export const FIELD_NAMES: readonly FieldName[] = namesOf(FIELDS)

/** Something of each field, by its name. */
export function ofFields<Value>(make: (field: NamedField) => Value): Record<FieldName, Value> {
  return Object.fromEntries(FIELD_LIST.map((field) => [field.name, make(field)])) as Record<FieldName, Value>
}

function namesOf<Name extends string>(fields: Record<Name, unknown>): Name[] {
  return Object.keys(fields) as Name[]
}
