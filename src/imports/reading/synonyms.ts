/**
 * Headers of columns that are no field of a customer, in English, German, French, Spanish, Portuguese, Italian and
 * Dutch.
 */

/** Headers of a whole name in one column. */
export const NAMES =
  listed(`Name, Names, Full Name, Fullname, Customer, Customer Name, Customer Full Name, Client, Client Name, Contact,
  Contact Name, Guest, Guest Name, Member, Member Name, Person, First Last, First and Last Name, First & Last Name, First Name Last Name,
  Kunde, Kundenname, Vorname Nachname, Vor- und Nachname, Nom, Nom complet, Prénom Nom, Prénom et nom, Nombre,
  Nombre completo, Nombre y apellido, Nombre y apellidos, Cliente, Nome, Nome completo, Nome e cognome, Nome e sobrenome,
  Nominativo, Naam, Volledige naam, Klant, Klantnaam, Voornaam achternaam`)

/** Headers of a whole name with the last name first. */
export const LAST_FIRST =
  listed(`Last First, Last Name First Name, Last Name and First Name, Surname First Name, Surname Name, Surname Given Name,
  Name (Last First), Name Vorname, Nachname Vorname, Nom prénom, Nom et prénom, Apellidos nombre, Apellidos y nombre,
  Apellidos y nombres, Cognome nome, Cognome e nome, Sobrenome e nome, Achternaam voornaam`)

/** Headers of the groups that a row's customer joins. */
export const GROUPS = listed('Group, Groups, Customer Group, Customer Groups')

/** Columns of Clientele's own files that are no field: those of files of errors, and of the export. */
export const EXTRAS = listed('Row, Errors, Primary Group, Lists, Total Orders, Total Spent, Last Order, Customer Since')

export function listed(text: string): string[] {
  return text.split(',').map((word) => word.trim())
}
