"""What people touch: the Streamlit pages, the app server and the `understudy` command."""
