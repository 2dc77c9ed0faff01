plugin { help = "Has no entry point." }
