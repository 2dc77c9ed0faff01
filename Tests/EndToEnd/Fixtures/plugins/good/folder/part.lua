return { value = 7 }
