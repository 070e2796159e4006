// The time zone, the currency and the format of numbers follow the chosen country.
document.getElementById('country').addEventListener('change', ({ target: { form, selectedOptions } }) => {
  for (const [name, value] of new URLSearchParams(selectedOptions[0].dataset.sets)) form[name].value = value
})
