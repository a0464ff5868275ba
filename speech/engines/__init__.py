"""One adapter a file: recognisers and voices behind the ports of `speech/hear.py` and `speech/say.py`.

Law: importing this package or a file of it imports no engine; what is missing is said when it is asked for.
"""
