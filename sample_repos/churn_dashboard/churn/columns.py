FEATURES = ["months", "minutes", "complaints"]
LABEL = "cancelled"
