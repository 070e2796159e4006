// The time zone, the currency and how numbers are written follow the country that is chosen.
document.getElementById('country').addEventListener('change', ({ target: { form, selectedOptions } }) => {
  for (const [name, value] of new URLSearchParams(selectedOptions[0].dataset.sets)) form[name].value = value
})
