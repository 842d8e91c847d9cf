print("fetchall")
