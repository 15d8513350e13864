namespace OrleansVectors.Storage.Log;

/// <summary>One file of a log, as <see cref="LogInspection"/> found it.</summary>
/// <param name="Path">The file.</param>
/// <param name="Bytes">Its size.</param>
/// <param name="First">The first operation, by its name.</param>
/// <param name="Last">The last that is sound; one before <paramref name="First"/> when there is none.</param>
/// <param name="Epoch">The newest epoch in it.</param>
/// <param name="FirstTime">When the first was accepted, or the file was created when there is none; none where that is not known.</param>
/// <param name="LastTime">When the last was accepted, likewise.</param>
/// <param name="IsClosed">Whether it ends with the mark of a close.</param>
/// <param name="Damage">What is wrong with what had been on the disk; what lies behind it in this file was not looked at.</param>
public sealed record LogFileInspection(
    string Path,
    long Bytes,
    LogSequence First,
    LogSequence Last,
    Epoch Epoch,
    LogTime FirstTime,
    LogTime LastTime,
    bool IsClosed,
    StorageDamagedException? Damage);
