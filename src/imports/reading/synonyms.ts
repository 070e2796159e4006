import type { Field } from './headers.ts'

/** As headers say it in English, German, French, Spanish, Portuguese, Italian and Dutch. */
export const SYNONYMS: Record<Field, string[]> = {
  firstName:
    words(`First Name, First, Given Name, Given Names, Forename, Forenames, Christian Name, Customer First Name,
    FName, Vorname, Rufname, Prénom, Prénoms, Nombre de pila, Primer nombre, Nombres, Primeiro nome, Nome próprio,
    Nome di battesimo, Voornaam, Roepnaam`),
  lastName: words(`Last Name, Last, Surname, Surnames, Family Name, Second Name, Customer Last Name, LName, Nachname,
    Familienname, Zuname, Nom de famille, Apellido, Apellidos, Primer apellido, Sobrenome, Apelido, Apelidos,
    Último nome, Cognome, Achternaam, Familienaam`),
  phone:
    words(`Phone, Phones, Phone Number, Phone No, Phone No., Phone #, Mobile, Mobile Number, Mobile No, Mobile Phone,
    Mobile Phone Number, Tel, Tel No, Telephone, Telephone Number, Telephone No, Cell, Cell Phone, Cellphone, Cell Number,
    Cellular, Contact Number, Contact No, WhatsApp, WhatsApp Number, Customer Phone, Primary Phone, Home Phone, Telefon,
    Telefonnummer, Telefonnr, Tel.-Nr., Rufnummer, Handy, Handynummer, Mobil, Mobilnummer, Mobiltelefon, Téléphone,
    Numéro de téléphone, N° de téléphone, Tél, Portable, Téléphone portable, Téléphone mobile, Teléfono, Número de teléfono,
    Móvil, Teléfono móvil, Celular, Número de celular, Telefone, Número de telefone, Telemóvel, Telefono,
    Numero di telefono, Cellulare, Numero di cellulare, Telefoon, Telefoonnummer, Telefoonnr, Mobiel, Mobiel nummer,
    Mobiele telefoon, GSM`),
  email: words(`Email, E-mail, Mail, Email Address, E-mail Address, Mail Address, Email ID, E-mail ID, Customer Email,
    Primary Email, Mailadresse, E-Mail-Adresse, Courriel, Adresse e-mail, Adresse mail, Adresse électronique, Mél,
    Correo, Correo electrónico, Dirección de correo, Dirección de correo electrónico, Correio eletrónico,
    Correio eletrônico, Endereço de email, Posta elettronica, Indirizzo e-mail, Indirizzo mail, E-mailadres, Mailadres`),
  birthDate: words(`Birth Date, Birthdate, Birthday, Date of Birth, DOB, D.O.B., Birth Day, Born, Born On, Geburtsdatum,
    Geburtstag, Geb.-Datum, Geb, Date de naissance, Naissance, Né le, Né(e) le, Anniversaire, Fecha de nacimiento,
    Nacimiento, F. nacimiento, Cumpleaños, Data de nascimento, Nascimento, Aniversário, Data di nascita, Nascita,
    Compleanno, Geboortedatum, Verjaardag, Geboren`),
  gender: words(`Gender, Sex, M/F, Geschlecht, Sexe, Genre, Civilité, Sexo, Género, Gênero, Sesso, Genere, Geslacht`),
  location:
    words(`Location, City, Town, Town/City, City/Town, Place, Ort, Stadt, Wohnort, Ville, Localité, Commune, Lieu,
    Ciudad, Localidad, Población, Municipio, Cidade, Localidade, Município, Città, Località, Comune, Stad, Plaats,
    Woonplaats, Gemeente`)
}

/** A whole name in one column. */
export const NAMES =
  words(`Name, Names, Full Name, Fullname, Customer, Customer Name, Customer Full Name, Client, Client Name, Contact,
  Contact Name, Guest, Guest Name, Member, Member Name, Person, First Last, First and Last Name, First & Last Name, First Name Last Name,
  Kunde, Kundenname, Vorname Nachname, Vor- und Nachname, Nom, Nom complet, Prénom Nom, Prénom et nom, Nombre,
  Nombre completo, Nombre y apellido, Nombre y apellidos, Cliente, Nome, Nome completo, Nome e cognome, Nome e sobrenome,
  Nominativo, Naam, Volledige naam, Klant, Klantnaam, Voornaam achternaam`)

/** A whole name that has the last name first. */
export const LAST_FIRST =
  words(`Last First, Last Name First Name, Last Name and First Name, Surname First Name, Surname Name, Surname Given Name,
  Name (Last First), Name Vorname, Nachname Vorname, Nom prénom, Nom et prénom, Apellidos nombre, Apellidos y nombre,
  Apellidos y nombres, Cognome nome, Cognome e nome, Sobrenome e nome, Achternaam voornaam`)

/** The groups that a row's customer joins. */
export const GROUPS = words('Group, Groups, Customer Group, Customer Groups')

/** The columns of our own files that are no field: those of the rows with errors, and of the export. */
export const EXTRAS = words('Row, Errors, Primary Group, Lists, Total Orders, Total Spent, Last Order, Customer Since')

function words(text: string): string[] {
  return text.split(',').map((word) => word.trim())
}
