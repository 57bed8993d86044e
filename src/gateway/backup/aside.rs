//! Files and folders that are being made aside: they vanish unless they are kept.

use std::{
    fs::{self, File},
    io,
    os::unix::fs::{DirBuilderExt, OpenOptionsExt},
    path::{Path, PathBuf},
};

/// A file or folder that is removed when this ends.
pub(super) struct Aside {
    path: PathBuf,
    kept: bool,
}

impl Aside {
    /// Makes a folder for its owner alone; one that is there already stays, and is an error.
    pub(super) fn folder(path: &Path) -> io::Result<Self> {
        make_folder(path)?;
        Ok(Self { path: path.to_owned(), kept: false })
    }

    /// Makes a file for its owner alone; one that is there already stays, and is an error.
    pub(super) fn file(path: &Path) -> io::Result<(Self, File)> {
        let file = make_file(path)?;
        Ok((Self { path: path.to_owned(), kept: false }, file))
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Gives the file its name, unless another has it.
    pub(super) fn publish_file(mut self, name: &Path) -> io::Result<()> {
        match fs::hard_link(&self.path, name) {
            Ok(()) => {}
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => return Err(error),
            // A file system without links: nothing better is left than to look first.
            Err(_) if !name.try_exists()? => {
                fs::rename(&self.path, name)?;
                self.kept = true;
            }
            Err(_) => return Err(io::ErrorKind::AlreadyExists.into()),
        }
        drop(self);
        sync_parent(name)
    }

    /// Gives the folder its name; an empty folder of that name is replaced, any other is an error.
    pub(super) fn publish_folder(mut self, name: &Path) -> io::Result<()> {
        fs::rename(&self.path, name)?;
        self.kept = true;
        sync_parent(name)
    }
}

impl Drop for Aside {
    fn drop(&mut self) {
        if !self.kept {
            let removed = if self.path.is_dir() { fs::remove_dir_all(&self.path) } else { fs::remove_file(&self.path) };
            if let Err(error) = removed {
                tracing::warn!(path = %self.path.display(), %error, "could not be removed");
            }
        }
    }
}

/// Makes a folder for its owner alone.
pub(super) fn make_folder(path: &Path) -> io::Result<()> {
    fs::DirBuilder::new().mode(0o700).create(path)
}

/// Makes a file for its owner alone.
pub(super) fn make_file(path: &Path) -> io::Result<File> {
    File::options().write(true).create_new(true).mode(0o600).open(path)
}

/// Makes the names in a folder durable.
pub(super) fn sync_folder(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}

pub(in crate::gateway) fn sync_parent(path: &Path) -> io::Result<()> {
    path.parent().map_or(Ok(()), sync_folder)
}

/// The name beside a path where it is made.
pub(in crate::gateway) fn part(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".part");
    PathBuf::from(name)
}
