namespace OrleansVectors.Faults.Disks;

/// <summary>What is wrong with the disk; the values are Linux' error numbers.</summary>
internal enum DiskFault
{
    /// <summary>Nothing fails, everything is slow.</summary>
    Slow = 0,

    /// <summary>EIO: the device fails.</summary>
    Broken = 5,

    /// <summary>ENOSPC: the disk is full.</summary>
    Full = 28,

    /// <summary>EROFS: the file system was made read-only, as it is after an error.</summary>
    ReadOnly = 30,
}
