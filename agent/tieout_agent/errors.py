"""What is wrong with the installation itself, for the person in front of it."""


class SettingsError(Exception):
    """Something in the installation has to be corrected; the text says what, and how.

    No value of a setting is part of the text unless it is a path or a name: one is a password.
    """
